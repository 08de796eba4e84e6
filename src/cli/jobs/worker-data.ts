/** What a worker is started with. */
export interface WorkerData {
  readonly flow: Int32Array;
  /** Its number, from 0. */
  readonly worker: number;
}
