//! What the guide shows can be typed.
