fetch('http://only-in-tests/');
