// The browser's own microphone and connections.
import type { PhoneEnvironment } from './softphone';

export const kBrowser: PhoneEnvironment = {
  peer: (relays) => new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers: [...relays] }),
  microphone: (wanted) => {
    // Plain http off localhost has no microphone, and not even the place where it would be.
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (!devices) return Promise.reject(new DOMException('no secure page', 'SecurityError'));
    return devices.getUserMedia(wanted);
  },
  now: () => Date.now(),
  random: () => Math.random(),
  setTimer: (run, ms) => setTimeout(run, ms),
  clearTimer: (timer) => clearTimeout(timer as number),
};
