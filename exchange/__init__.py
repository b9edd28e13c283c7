"""What leaves the house: a change of a record is told to every other place that shows it, until it shows it too."""
