from forensics.rootcause.explain import explain_failures
