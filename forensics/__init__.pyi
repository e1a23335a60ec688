from forensics.api.notebook import Case as Case
from forensics.api.notebook import open_case as open

__version__: str
__all__ = ["Case", "__version__", "open"]
