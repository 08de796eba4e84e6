// The least one can do with the npm package pcap-parser: walk a capture and count its packets. It looks into none of them.
// Plain JavaScript, so that no compiler's start is in the measurement.
import pcap from 'pcap-parser';

let packets = 0;
const parser = pcap.parse(process.argv[2]);
parser.on('packet', () => packets++);
parser.on('end', () => console.log(packets));
