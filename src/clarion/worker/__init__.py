"""The process that does what is due: bells, sweeps, deliveries, deadlines, sealing."""
