"""The library as tools for assistants: what `tpfeedback mcp` runs (extra [mcp]).

`tools` are the same functions as everywhere, none of which writes anything; `files` opens what
lies in the folders named at the start and nothing else; `untrusted` marks the words of customers,
so that an assistant takes them for data and not for orders; `running` speaks the protocol.
"""
