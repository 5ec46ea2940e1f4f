package shop.orders;
interface Roots { String API = "/api"; }
