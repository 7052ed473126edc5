"""What is asked, answered and decided, in figures: counted, never about one person."""
