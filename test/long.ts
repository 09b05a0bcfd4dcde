/** `npm run test:long` runs the same tests with larger parameters. */
export const isLong = process.env['LONG'] === '1'

export const scaled = (usual: number, long: number): number => (isLong ? long : usual)
