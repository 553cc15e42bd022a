"""JSON for machines: the verbs and readers of the rooms, behind tokens."""
