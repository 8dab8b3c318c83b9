/** What a server under load does meanwhile: tells its processor time for each line that it is sent. */
export async function untilInputEnds(): Promise<void> {
  process.stdin.on("data", () => {
    const { user, system } = process.cpuUsage();
    console.log(user + system);
  });
  await new Promise((resolve) => process.stdin.once("end", resolve));
}
