"""The rooms of the business."""
