-- Bump the fence, which stops a second writer, by as many numbers as there are files to number.
update write_fence set n = n + $files;
