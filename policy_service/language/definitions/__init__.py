"""What policies embed: facts with how they are measured, reasons, shipped formulas, the outputs of a standing."""
