"""Skin, shared by every idol of the house: base, warm, shadow, deep shadow, line."""

SK = "#fff0e8"
SK2 = "#ffdccf"
SKS = "#f3a9a4"
SKD = "#de8588"
SKL = "#9c4f63"
