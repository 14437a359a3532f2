"""What the world sees: pages, websockets, WHEP, payment pages, the operator's desk."""
