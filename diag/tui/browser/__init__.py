"""The same screens in a browser on this machine: `arcdiag triage --serve`."""

# The variable by which the process of a page knows what it is, and its value.
VARIABLE = "TEXTUAL_DRIVER"
DRIVER = "diag.tui.browser.driver:BrowserDriver"
