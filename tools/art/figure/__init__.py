"""How the house draws people: ink, hair, eyes, mouths and hands. Each idol brings her own looks."""
