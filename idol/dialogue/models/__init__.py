"""Language models behind `idol.ports.LanguageModel`."""
