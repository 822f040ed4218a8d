// The real server on a data directory of its own. It keeps its port over a restart, as one at home does.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
export const binary = process.env.CARILLON ?? join(root, 'build/release/carillon');
export const haveServer = () => existsSync(binary);

const kPatienceMs = 30_000;

export class Server {
  // `config`: lines of its configuration file.
  static async start({ traffic = false, config = '' } = {}) {
    const server = new Server();
    server.data = mkdtempSync(join(tmpdir(), 'carillon-browser-'));
    server.args = ['serve', '--demo', ...(traffic ? [] : ['--no-demo-traffic']), '--data', server.data];
    if (config) {
      writeFileSync(join(server.data, 'carillon.toml'), config);
      server.args.push('--config', join(server.data, 'carillon.toml'));
    }
    server.port = 0;
    await server.#spawn();
    server.port = Number(new URL(server.url).port);
    return server;
  }

  #spawn() {
    // A test that is ended from outside leaves no server behind.
    process.once('exit', () => this.child.kill('SIGKILL'));
    this.child = spawn(binary, [...this.args, '--listen', `127.0.0.1:${this.port}`], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.output = '';
    this.exited = new Promise((done) => this.child.on('exit', (code, signal) => done({ code, signal })));
    return new Promise((resolve, reject) => {
      const fail = (what) => reject(new Error(`the server ${what}:\n${this.output.slice(-4000)}`));
      const limit = setTimeout(() => fail(`did not listen within ${kPatienceMs} ms`), kPatienceMs);
      const read = (chunk) => {
        this.output = (this.output + chunk).slice(-200_000);
        const found = this.output.match(/listening on (https?:\/\/[^\s,]+)/);
        if (!found) return;
        clearTimeout(limit);
        this.url = found[1];
        resolve();
      };
      this.child.stdout.on('data', read);
      this.child.stderr.on('data', read);
      this.child.on('error', reject);
      void this.exited.then(({ code, signal }) => {
        clearTimeout(limit);
        fail(`ended (${code ?? signal})`);
      });
    });
  }

  // Kill -9.
  async kill() {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  // The same data on the same port.
  restart() {
    return this.#spawn();
  }

  async stop() {
    this.child.kill('SIGTERM');
    const limit = setTimeout(() => this.child.kill('SIGKILL'), kPatienceMs);
    const { code, signal } = await this.exited;
    clearTimeout(limit);
    rmSync(this.data, { recursive: true, force: true });
    if (code !== 0) throw new Error(`the server ended with ${code ?? signal}:\n${this.output.slice(-4000)}`);
  }
}
