"""x"""
def make_wide(): pass
