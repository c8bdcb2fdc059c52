"""The demonstration half-year (示意数据), made through the same moves people use."""
