"""The fuzzer: forms, sheets and files filled with what nobody sends by accident; no answer may be an error of ours."""
