"""Who does the pieces of a run: threads of this process, processes of this machine, or a Dask cluster."""
