/** Who de-identifies and encrypts an upload (`app.upload.mode`). */
export enum UploadMode {
  PLATFORM = "PLATFORM",
  CLIENT_SIDE = "CLIENT_SIDE",
}
