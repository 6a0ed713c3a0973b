"""Where feeds become stories and an editor meets them: sources followed, items taken in, stories reviewed, imported."""
