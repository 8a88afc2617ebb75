"""The central office: takes the tills' journals, keeps the master copy, settles conflicts, feeds the tills."""

VERSION = "0.1.0"
