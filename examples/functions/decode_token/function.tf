# From a file, or as here from a log.
output "subject" {
  value = provider::workloadid::decode_token("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiAiaHR0cHM6Ly9naXRsYWIuY29tIiwgInN1YiI6ICJwcm9qZWN0X3BhdGg6Y29udG9zby93ZWIvc2hvcDpyZWZfdHlwZTpicmFuY2g6cmVmOm1haW4iLCAiYXVkIjogImFwaTovL0F6dXJlQURUb2tlbkV4Y2hhbmdlIn0.bm90IGEgc2lnbmF0dXJl").sub
}
