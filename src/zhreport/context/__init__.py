"""What stands around a quantity: each module takes quantities and clauses and gives one kind of fact."""
