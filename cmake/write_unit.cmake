# Writes OUTPUT: the text of the SOURCES, with the names and lines that messages
# about them shall have.
set(unit)
foreach(source IN LISTS SOURCES)
  file(READ ${source} text)
  string(APPEND unit "#line 1 \"${source}\"\n${text}")
endforeach()
file(WRITE ${OUTPUT} "${unit}")
