"""The C view: the model turned into final strings, which the templates only have to print."""
