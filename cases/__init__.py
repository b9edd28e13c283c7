"""What happens to cases, from filing to a written answer."""
