export interface Product {
  sku: string;
  name: string;
  cents: number;
}
