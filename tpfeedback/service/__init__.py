"""The library as a web service: what `tpfeedback serve` runs (extra [serve]).

Way of a request: `connections` (its head), `gate` (key, rate, size of the body; every refusal and
every crash becomes a `problems.Problem`), `app` (the routes), `bodies` (what a body may hold), then
either `tagging` (requests that wait together are tagged together), `analyses` (a small table, in
one thread) or `jobs` (a large one, in a process of its own, `apart`). `limits` holds every bound,
`openapi` the description, `metrics` the counts, `running` the start and the graceful stop.

No text of a customer is written to a log, a metric or the disk.
"""
