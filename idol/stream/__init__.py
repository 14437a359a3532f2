"""From speech and pictures to every viewer: media clock, encoders, fan-out, WebRTC, files."""
