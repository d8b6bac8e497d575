"""Records and findings of a Dask DataFrame of texts: `zhreport.dask.records(frame)`. Dask is loaded by those who call it."""

from .adapters.dask import findings as findings
from .adapters.dask import records as records
