"""The pack for programs: the same snapshot as a CycloneDX attestation, as OSCAL results and as an in-toto test result.

They say less than the documents, and nothing that these do not say: the verdict, every answer, gap and gate that the
audience may see with what stands behind it, the parts of the system and the files.
"""
