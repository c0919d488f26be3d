class DifferenceSubject {
  constructor(data) {
    this.data = data;
  }
}
