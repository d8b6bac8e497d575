"""Fuzz targets: functions from bytes to nothing that raise where zhreport breaks a promise."""
