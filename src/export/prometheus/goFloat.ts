// Numbers as Go's strconv writes them, which is how Prometheus and its other exporters write `le`.

/** Beyond these exponents Go's shortest form uses scientific notation (strconv, FormatFloat with 'g' and -1). */
const leastPlainExponent = -4;
const mostPlainExponent = 5;

/** 1e-06, 0.001023, 12.5, +Inf */
export function goFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const [mantissa = '', exponentText = ''] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (value === 0 || (exponent >= leastPlainExponent && exponent <= mostPlainExponent)) return plain(value);
  const sign = exponent < 0 ? '-' : '+';
  return `${mantissa}e${sign}${Math.abs(exponent).toString().padStart(2, '0')}`;
}

/** JavaScript writes these without an exponent too. */
const plain = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
