declare module 'ms' {
  export default function ms(text: string): number;
}
