"""The till: sells prepaid electricity on IC cards, with the line up or down."""

VERSION = "0.1.0"
