# exercise: unpad
# what: counts the end from behind, which is the start for 0
# expect: refuse
# name: [p:-p] empty at 0
def unpad(image, padding):
    inside = slice(padding, -padding)
    return image[..., inside, inside]
