"""The till's screens. Only this package imports Kivy, and of it neither `work` nor `views` do.

`work` owns the open till on a thread of its own, `views` makes what is shown from what operations return, `pages` and
`widgets` show it. No rule of the business stands here: screens call operations and show what comes back.
"""
