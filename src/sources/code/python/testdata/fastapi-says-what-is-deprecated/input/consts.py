class Paths:
    ITEMS = "/items"
    ITEM = ITEMS + "/{item_id}"
