"""What screens and commands read: frozen values, cut to what is asked."""
