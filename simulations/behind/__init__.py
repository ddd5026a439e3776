"""What stands behind the figures of a simulation: its orders, case steps and customers, stored beside its report."""
