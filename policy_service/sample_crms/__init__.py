"""Systems that do not exist: servers that speak as Zoho CRM, Zoho Books and Fxiaoke do, for the demo and tests."""
