/** One picture of the bench or of the inquiry site, and what it shows. */
export interface ScreenPicture {
  readonly file: string;
  readonly title: string;
  readonly png: Buffer;
  readonly width: number;
}
