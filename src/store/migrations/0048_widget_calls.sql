-- Where calls from the page go; NULL: there are none.
ALTER TABLE widgets ADD COLUMN number_sid {{text}};
