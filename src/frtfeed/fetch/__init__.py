"""The world becomes Documents: the folder of stories, the templates."""
