# Writes the two data sets that Debian packages carry as CSV into the folder given.
out <- commandArgs(trailingOnly = TRUE)[1]
data(ames, package = "modeldata")
write.csv(as.data.frame(ames), file.path(out, "ames.csv"), row.names = FALSE)
data(CPS1988, package = "AER")
write.csv(CPS1988, file.path(out, "cps1988.csv"), row.names = FALSE)
